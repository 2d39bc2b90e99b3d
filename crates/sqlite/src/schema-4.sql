-- The problems that `run --quiet` has reported and that no run has found to be gone yet.
CREATE TABLE reported_problem (
    problem TEXT PRIMARY KEY,
    summary TEXT NOT NULL,
    reported_at TEXT NOT NULL
) WITHOUT ROWID;

-- Views for people with their own tools; no command reads them. `views.sql` adds those that the files of
-- `bulletin export sqlite` have too, and a file of the export has tables in place of these three.

-- The printed cells, with the columns of `bulletin export csv`. A cell whose label is empty is missing from its page.
CREATE VIEW cutoffs AS
SELECT
    cell.month AS bulletin_month,
    chart,
    CASE WHEN category IN ('F1', 'F2A', 'F2B', 'F3', 'F4') THEN 'family' ELSE 'employment' END AS preference,
    category,
    area,
    CASE
        WHEN value IS NULL THEN 'unreadable'
        WHEN value = 'C' THEN 'current'
        WHEN value = 'U' THEN 'unavailable'
        ELSE 'date'
    END AS status,
    CASE WHEN value NOT IN ('C', 'U') THEN value END AS cutoff_date,
    raw_value,
    CASE host
        WHEN 'shipped' THEN 'shipped'
        ELSE 'https://travel.state.gov' || json_extract(record, '$.path')
    END AS source
FROM cut_off AS cell
JOIN bulletin ON bulletin.month = cell.month
WHERE value IS NOT NULL OR raw_value <> '' OR (raw_category <> '' AND raw_area <> '');

-- The cells that a page should have and does not have.
CREATE VIEW missing_cells AS
SELECT
    cell.month AS bulletin_month,
    chart,
    CASE WHEN category IN ('F1', 'F2A', 'F2B', 'F3', 'F4') THEN 'family' ELSE 'employment' END AS preference,
    category,
    area
FROM cut_off AS cell
JOIN bulletin ON bulletin.month = cell.month
WHERE value IS NULL AND raw_value = '' AND (raw_category = '' OR raw_area = '');

-- The values that corrections replaced.
CREATE VIEW replaced_values AS
SELECT
    month AS bulletin_month,
    chart,
    CASE WHEN category IN ('F1', 'F2A', 'F2B', 'F3', 'F4') THEN 'family' ELSE 'employment' END AS preference,
    category,
    area,
    CASE
        WHEN value IS NULL THEN 'unreadable'
        WHEN value = 'C' THEN 'current'
        WHEN value = 'U' THEN 'unavailable'
        ELSE 'date'
    END AS status,
    CASE WHEN value NOT IN ('C', 'U') THEN value END AS cutoff_date,
    raw_value,
    host,
    replaced_at
FROM earlier_value;
