-- A file of the first layout, with something in every table. It stands for the files that people have: it is never
-- changed, whatever becomes of the layout.

CREATE TABLE cut_off (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    chart TEXT NOT NULL,
    month TEXT NOT NULL,
    value TEXT,
    raw_category TEXT NOT NULL,
    raw_area TEXT NOT NULL,
    raw_value TEXT NOT NULL,
    host TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (category, area, chart, month)
) WITHOUT ROWID;
CREATE INDEX cut_off_by_month ON cut_off (month);

CREATE TABLE earlier_value (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    chart TEXT NOT NULL,
    month TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    value TEXT,
    raw_value TEXT NOT NULL,
    host TEXT NOT NULL
);
CREATE INDEX earlier_value_by_cell ON earlier_value (category, area, chart, month);

CREATE TABLE standing (
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    version INTEGER NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (category, area)
) WITHOUT ROWID;

CREATE TABLE bulletin (
    month TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL,
    written_at TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    dead INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    month TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    dead INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE link (
    month TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    due_from TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE source_check (
    good INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    note TEXT NOT NULL
);

CREATE TABLE alert_mark (
    mark TEXT PRIMARY KEY,
    sent_at TEXT,
    expires TEXT
) WITHOUT ROWID;

CREATE TABLE watch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    category TEXT,
    area TEXT,
    priority_date TEXT,
    tell_when TEXT NOT NULL
);

INSERT INTO cut_off VALUES
    ('EB3', 'INDIA', 'final_action', '2024-05', '2012-08-15', '3rd', 'INDIA', '15AUG12', 'travel.state.gov', 2),
    ('EB3', 'CHINA', 'final_action', '2024-05', NULL, '3rd', 'CHINA- mainland born', '1SEP20', 'travel.state.gov', 1),
    ('EB1', 'ALL', 'final_action', '2024-05', 'C', '1st', 'All Chargeability Areas Except Those Listed', 'C', 'travel.state.gov', 1);
INSERT INTO earlier_value VALUES
    ('EB3', 'INDIA', 'final_action', '2024-05', '2024-04-13T12:00:00.000000Z', '2012-07-01', '01JUL12', 'travel.state.gov');
INSERT INTO standing VALUES ('EB3', 'INDIA', 2, '{"case":{"category":"EB3","area":"INDIA"},"before":{"final_action":{"month":"2024-04","column":"INDIA","cut_off":"2012-07-01"},"dates_for_filing":null},"older":null,"newest":{"month":"2024-05","revision":0,"cells":{"final_action":{"column":"INDIA","state":{"cut_off":"2012-08-15"}},"dates_for_filing":null},"columns":["ALL","INDIA"]}}');
INSERT INTO bulletin VALUES ('2024-05', '{"month":"2024-05","path":"/content/travel/en/legal/visa-law0/visa-bulletin/2024/visa-bulletin-for-may-2024.html","host":"travel.state.gov","fetched_at":"2024-04-12T12:00:00Z","first_seen":"2024-04-12T12:00:00Z","revision":1,"came_in_order":true,"digest":"33a64f98e3a60762da244c9b263168b54d8e6301dcd2782ddd05e9c942712700","cells":3,"findings":[],"corrected":[],"pending":null}');
INSERT INTO message (message, month, sent_at, visible_at) VALUES ('{"link":{"month":"2024-06","path":"/content/travel/en/legal/visa-law0/visa-bulletin/2024/visa-bulletin-for-june-2024.html"},"trace":"2024-06-20240412T120000"}', '2024-06', '2024-04-12T12:00:00.000000Z', '');
INSERT INTO link VALUES ('2024-05', '/content/travel/en/legal/visa-law0/visa-bulletin/2024/visa-bulletin-for-may-2024.html', '{"state":"done","again":null}', NULL, 0, 'stored, 3 cells written');
INSERT INTO source_check VALUES (1, '2024-04-13T12:00:00.000000Z', 'listed');
INSERT INTO alert_mark VALUES ('EB3#INDIA#2024-05#0#watch-1', '2024-04-12T12:00:00.000000Z', NULL);
INSERT INTO watch (category, area, priority_date, tell_when) VALUES ('EB3', 'INDIA', '2013-03-15', 'within:60d'), (NULL, NULL, NULL, 'every');

PRAGMA application_id = 1447196012;
PRAGMA user_version = 1;
