-- Entities that rise: originals in the last `window` s before `at` against the `baseline` s before those.
-- score = (now - expected) / sqrt(expected + 1): a Poisson z-score whose floor of one keeps a single
-- article from being a trend, after the noise floor of SigniTrend (Schubert et al., KDD 2014).
CREATE OR REPLACE VIEW trend_rising AS
SELECT entity, argMax(name, (time, article)) AS name, argMax(type, (time, article)) AS type,
    uniqExactIf(article, recent AND relation != 'copy') AS now,
    uniqExactIf(article, recent AND relation = 'copy') AS copies,
    uniqExactIf(article, NOT recent AND relation != 'copy') AS before,
    round(before * {window:UInt32} / {baseline:UInt32}, 4) AS expected,
    round((now - expected) / sqrt(expected + 1), 4) AS score,
    uniqExactIf(outlet, recent) AS outlets,
    uniqExactIf(story, recent) AS stories,
    copies AS reach
FROM (
    SELECT *, time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32}) AS recent
    FROM mention_facts
    WHERE time <= {at:DateTime64(3, 'UTC')}
        AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32} + {baseline:UInt32})
)
GROUP BY entity
HAVING now >= 2 AND score > 0
ORDER BY score DESC, now DESC, entity;
