// Puts the codes of countries into words; a browser that knows no names shows the codes.
"use strict";

const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
for (const place of document.querySelectorAll("data.region")) {
  place.textContent = regions.of(place.value);
  if (place.dataset.of === place.textContent) place.remove();
}
