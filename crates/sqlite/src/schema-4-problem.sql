-- The problems that `run --quiet` has reported and that no run has found to be gone yet.
CREATE TABLE reported_problem (
    problem TEXT PRIMARY KEY,
    summary TEXT NOT NULL,
    reported_at TEXT NOT NULL
) WITHOUT ROWID;
