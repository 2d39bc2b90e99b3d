
-- The newest cell of each case on each chart. `in_newest_bulletin` is 0 if the newest bulletin has no such cell.
CREATE VIEW latest AS
SELECT
    cutoffs.*,
    bulletin_month = (SELECT max(bulletin_month) FROM cutoffs) AS in_newest_bulletin
FROM cutoffs
JOIN (
    SELECT max(bulletin_month) AS bulletin_month, chart, category, area
    FROM cutoffs
    GROUP BY chart, category, area
) USING (bulletin_month, chart, category, area);

-- Each cell beside the same cell of the bulletin before, as `bulletin diff --all` compares them. `movement` is NULL in
-- the first bulletin, and `unreadable` if one of the two cells is unreadable or missing. `status` is NULL if the
-- bulletin does not print the cell. `days` is NULL unless both are dates and differ.
CREATE VIEW movement AS
WITH
    months AS (
        SELECT
            bulletin_month,
            lag(bulletin_month) OVER (ORDER BY bulletin_month) AS month_before,
            lead(bulletin_month) OVER (ORDER BY bulletin_month) AS month_after
        FROM (SELECT DISTINCT bulletin_month FROM cutoffs)
    ),
    steps AS (
        -- Printed cells.
        SELECT
            now.bulletin_month, now.chart, now.preference, now.category, now.area,
            now.status, now.cutoff_date, now.raw_value, now.source,
            month_before AS previous_month,
            before.status AS previous_status,
            before.cutoff_date AS previous_cutoff_date,
            CASE
                WHEN month_before IS NULL THEN NULL
                WHEN 'unreadable' IN (now.status, before.status) OR lost.chart IS NOT NULL THEN 'unreadable'
                WHEN before.status IS NULL THEN 'first_seen'
                WHEN now.status <> before.status THEN 'changed'
                WHEN now.cutoff_date > before.cutoff_date THEN 'advanced'
                WHEN now.cutoff_date < before.cutoff_date THEN 'retrogressed'
                ELSE 'unchanged'
            END AS movement
        FROM cutoffs AS now
        JOIN months ON months.bulletin_month = now.bulletin_month
        LEFT JOIN cutoffs AS before
            ON before.bulletin_month = month_before AND before.chart = now.chart
            AND before.category = now.category AND before.area = now.area
        LEFT JOIN missing_cells AS lost
            ON lost.bulletin_month = month_before AND lost.chart = now.chart
            AND lost.category = now.category AND lost.area = now.area
        UNION ALL
        -- Missing cells.
        SELECT
            now.bulletin_month, now.chart, now.preference, now.category, now.area,
            NULL, NULL, NULL, NULL,
            month_before, before.status, before.cutoff_date, iif(month_before IS NULL, NULL, 'unreadable')
        FROM missing_cells AS now
        JOIN months ON months.bulletin_month = now.bulletin_month
        LEFT JOIN cutoffs AS before
            ON before.bulletin_month = month_before AND before.chart = now.chart
            AND before.category = now.category AND before.area = now.area
        UNION ALL
        -- Cells that only the bulletin before has, printed or missing.
        SELECT
            month_after, before.chart, before.preference, before.category, before.area,
            NULL, NULL, NULL, NULL,
            before.bulletin_month, before.status, before.cutoff_date,
            iif(before.status IS NULL OR before.status = 'unreadable', 'unreadable', 'withdrawn')
        FROM (
            SELECT bulletin_month, chart, preference, category, area, status, cutoff_date FROM cutoffs
            UNION ALL
            SELECT bulletin_month, chart, preference, category, area, NULL, NULL FROM missing_cells
        ) AS before
        JOIN months ON months.bulletin_month = before.bulletin_month
        WHERE month_after IS NOT NULL
            AND NOT EXISTS (
                SELECT 1 FROM cutoffs AS now
                WHERE now.bulletin_month = month_after AND now.chart = before.chart
                    AND now.category = before.category AND now.area = before.area
            )
            AND NOT EXISTS (
                SELECT 1 FROM missing_cells AS now
                WHERE now.bulletin_month = month_after AND now.chart = before.chart
                    AND now.category = before.category AND now.area = before.area
            )
    )
SELECT
    bulletin_month, chart, preference, category, area, status, cutoff_date, raw_value, source,
    previous_month,
    previous_status,
    previous_cutoff_date,
    CASE
        WHEN movement IN ('advanced', 'retrogressed')
            THEN CAST(julianday(cutoff_date) - julianday(previous_cutoff_date) AS INTEGER)
    END AS days,
    CASE
        WHEN movement <> 'changed' OR movement IS NULL THEN movement
        WHEN status = 'current' THEN 'became_current'
        WHEN status = 'unavailable' THEN 'became_unavailable'
        WHEN previous_status = 'unavailable' THEN 'became_available'
        ELSE 'left_current'
    END AS movement
FROM steps;

-- The values that corrections replaced, as `bulletin corrections` prints them, beside the present ones. Those are NULL
-- if the cell is gone.
CREATE VIEW corrections AS
SELECT
    bulletin_month, chart, replaced_values.preference, category, area,
    replaced_values.status,
    replaced_values.cutoff_date,
    replaced_values.raw_value,
    host,
    replaced_at,
    cutoffs.status AS status_now,
    cutoffs.cutoff_date AS cutoff_date_now,
    cutoffs.raw_value AS raw_value_now
FROM replaced_values
LEFT JOIN cutoffs USING (bulletin_month, chart, category, area);
