-- The channel of a watch: `terminal`, `email` or `exec`. `way_to` is the address, or the command. `chart` is the only
-- chart that the watch is about, or NULL.
ALTER TABLE watch ADD COLUMN chart TEXT;
ALTER TABLE watch ADD COLUMN way TEXT NOT NULL DEFAULT 'terminal';
ALTER TABLE watch ADD COLUMN way_to TEXT;

-- Alerts that a channel refused permanently: they are not retried automatically.
CREATE TABLE refusal (
    watch INTEGER NOT NULL REFERENCES watch (id) ON DELETE CASCADE,
    alert TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_at TEXT NOT NULL,
    PRIMARY KEY (watch, alert)
) WITHOUT ROWID;
