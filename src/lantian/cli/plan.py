"""``lantian plan``: from the document to duties, month by month; the commands stand in modules by stage."""

import typer

from lantian.cli import (
    plan_admission,
    plan_adopting,
    plan_dispatch,
    plan_papers,
    plan_projects,
    plan_reading,
    plan_review,
    plan_targets,
)
from lantian.desk.language import mark

app = typer.Typer(
    help=mark("The plan: read, confirm, who does what, sheets, status, admission."), no_args_is_help=True
)
app.add_typer(plan_reading.app)
app.add_typer(plan_adopting.app)
app.add_typer(plan_dispatch.app)
app.add_typer(plan_review.app)
app.add_typer(plan_projects.app)
app.add_typer(plan_targets.app)
app.add_typer(plan_papers.app)
app.add_typer(plan_admission.app, name="admission")
APPS = {"plan": app}
