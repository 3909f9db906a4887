"""The web face: dashboard, JSON API, health and metrics. `newstide.web.app.create_app` makes it."""
