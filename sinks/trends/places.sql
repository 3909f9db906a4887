-- Where news happens: originals per country and place in (at - window, at].
CREATE OR REPLACE VIEW trend_places AS
SELECT place, any(name) AS name, any(country) AS country, any(lat) AS lat, any(lon) AS lon,
    uniqExactIf(article, relation != 'copy') AS originals,
    uniqExactIf(article, relation = 'copy') AS copies
FROM article_places
WHERE time <= {at:DateTime64(3, 'UTC')} AND time > {at:DateTime64(3, 'UTC')} - toIntervalSecond({window:UInt32})
GROUP BY place
ORDER BY originals DESC, place;
