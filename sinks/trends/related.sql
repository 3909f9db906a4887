-- What stands beside an entity: shared originals, lift = P(other | entity) / P(other), and copies with both (`reach`).
CREATE OR REPLACE VIEW trend_related AS
WITH inside AS (
    SELECT article, time, entity, name, type, relation != 'copy' AS original FROM mention_facts
    WHERE time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
),
mine AS (SELECT article, original FROM inside WHERE entity = {entity:String})
SELECT entity, argMax(name, (time, article)) AS name, argMax(type, (time, article)) AS type,
    uniqExactIf(article, original AND article IN (SELECT article FROM mine)) AS together,
    uniqExactIf(article, original) AS articles,
    round((together / (SELECT uniqExactIf(article, original) FROM mine))
        / (articles / (SELECT uniqExactIf(article, original) FROM inside)), 4) AS lift,
    uniqExactIf(article, NOT original AND article IN (SELECT article FROM mine)) AS reach
FROM inside
WHERE entity != {entity:String}
GROUP BY entity
HAVING together > 0
ORDER BY together DESC, lift DESC, entity;
