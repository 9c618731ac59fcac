"""Composition root: settings, commands, jobs, scheduler, web server, metrics."""
