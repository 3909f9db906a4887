-- What stands beside an entity: shared originals, and lift = P(other | entity) / P(other).
CREATE OR REPLACE VIEW trend_related AS
WITH inside AS (
    SELECT article, time, entity, name, type FROM mention_facts
    WHERE relation != 'copy' AND time <= {at:DateTime64(3, 'UTC')}
        AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
),
mine AS (SELECT article FROM inside WHERE entity = {entity:String})
SELECT entity, argMax(name, (time, article)) AS name, argMax(type, (time, article)) AS type,
    uniqExactIf(article, article IN (SELECT article FROM mine)) AS together,
    uniqExact(article) AS articles,
    round((together / (SELECT uniqExact(article) FROM mine)) / (articles / (SELECT uniqExact(article) FROM inside)), 4) AS lift
FROM inside
WHERE entity != {entity:String}
GROUP BY entity
HAVING together > 0
ORDER BY together DESC, lift DESC, entity;
