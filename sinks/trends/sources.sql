-- Who reports: originals, derived and copies of each outlet in (at - window, at].
CREATE OR REPLACE VIEW trend_sources AS
SELECT outlet,
    countIf(relation = 'original') AS originals,
    countIf(relation = 'derived') AS derived,
    countIf(relation = 'copy') AS copies,
    uniqExact(story) AS stories,
    max(time) AS last,
    copies AS reach
FROM articles
WHERE time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
GROUP BY outlet
ORDER BY originals DESC, outlet;
