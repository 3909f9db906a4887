-- Where news happens: originals (copies: `reach`) per country and place in (at - window, at].
CREATE OR REPLACE VIEW trend_places AS
SELECT place, argMax(name, (time, article)) AS name, argMax(country, (time, article)) AS country,
    argMax(lat, (time, article)) AS lat, argMax(lon, (time, article)) AS lon,
    uniqExactIf(article, relation != 'copy') AS originals,
    uniqExactIf(article, relation = 'copy') AS copies,
    copies AS reach
FROM article_places
WHERE role = 'where' AND time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
GROUP BY place
ORDER BY originals DESC, place;
