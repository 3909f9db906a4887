-- One entity over time: originals (derived articles among them) and copies per `step` s in (at - window, at], empty steps included.
CREATE OR REPLACE VIEW trend_timeline AS
SELECT toDateTime64(toStartOfInterval(time, toIntervalSecond({step:UInt32})), 3, 'UTC') AS bucket,
    uniqExactIf(article, relation != 'copy') AS originals,
    uniqExactIf(article, relation = 'copy') AS copies,
    uniqExact(outlet) AS outlets,
    copies AS reach
FROM mention_facts
WHERE entity = {entity:String} AND time <= {at:DateTime64(3, 'UTC')}
    AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
GROUP BY bucket
ORDER BY bucket
WITH FILL FROM toDateTime64(toStartOfInterval(
        {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32}), toIntervalSecond({step:UInt32})), 3, 'UTC')
    TO {at:DateTime64(3, 'UTC')} + toIntervalMillisecond(1) STEP toIntervalSecond({step:UInt32});
