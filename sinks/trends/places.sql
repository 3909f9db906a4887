-- Where news happens: originals (copies: `reach`) per country and place in (at - window, at].
CREATE OR REPLACE VIEW trend_places AS
SELECT place, argMax(name, (time, article)) AS name, argMax(country, (time, article)) AS country,
    round(toFloat64(argMax(lat, (time, article))), 4) AS lat, round(toFloat64(argMax(lon, (time, article))), 4) AS lon,
    uniqExactIf(article, relation != 'copy') AS originals,
    uniqExactIf(article, relation = 'copy') AS copies,
    copies AS reach
FROM article_places
WHERE role = 'where' AND time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
GROUP BY place
ORDER BY originals DESC, place;
