-- The state of one machine. Dates and instants are ISO text in UTC, months are YYYY-MM, and the JSON columns
-- hold the types of crates/bulletin and crates/pipeline.

-- One cell of a bulletin. `value` is an ISO date, C or U, or NULL where the cell is unreadable.
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

-- The values of cells before their corrections.
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

-- The change log: each write, with the values before and after, in the order of writing. A record is removed when all
-- its alerts are sent.
CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL,
    written_at TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    dead INTEGER NOT NULL DEFAULT 0
);

-- Pages that wait to be parsed, and pages that were refused (`dead`).
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

-- The last poll at which the source gave its list, and the last one at which it did not.
CREATE TABLE source_check (
    good INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    note TEXT NOT NULL
);

-- The recipients of each alert. `sent_at` is NULL while it is being sent.
CREATE TABLE alert_mark (
    mark TEXT PRIMARY KEY,
    sent_at TEXT,
    expires TEXT
) WITHOUT ROWID;

-- The watches of this machine. `category` is NULL for whole bulletins.
CREATE TABLE watch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    category TEXT,
    area TEXT,
    priority_date TEXT,
    tell_when TEXT NOT NULL
);
