-- The tables of a file that `bulletin export sqlite` writes. In the program's database these are views.

-- The printed cells, with the columns of `bulletin export csv`.
CREATE TABLE cutoffs (
    bulletin_month TEXT NOT NULL,
    chart TEXT NOT NULL,
    preference TEXT NOT NULL,
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    status TEXT NOT NULL,
    cutoff_date TEXT,
    raw_value TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (bulletin_month, chart, category, area)
) WITHOUT ROWID;
CREATE INDEX cutoffs_by_case ON cutoffs (category, area, chart, bulletin_month);

-- The cells that a page should have and does not have.
CREATE TABLE missing_cells (
    bulletin_month TEXT NOT NULL,
    chart TEXT NOT NULL,
    preference TEXT NOT NULL,
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    PRIMARY KEY (bulletin_month, chart, category, area)
) WITHOUT ROWID;

-- The values that corrections replaced.
CREATE TABLE replaced_values (
    bulletin_month TEXT NOT NULL,
    chart TEXT NOT NULL,
    preference TEXT NOT NULL,
    category TEXT NOT NULL,
    area TEXT NOT NULL,
    status TEXT NOT NULL,
    cutoff_date TEXT,
    raw_value TEXT NOT NULL,
    host TEXT NOT NULL,
    replaced_at TEXT NOT NULL
);
