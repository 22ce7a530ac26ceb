"""``lantian twin``: the simulated city, its sources and loggers, its truth, scenarios; one module a topic."""

import typer

from lantian.cli import twin_living, twin_scenarios, twin_sources, twin_truth
from lantian.desk.language import mark

app = typer.Typer(
    help=mark("The simulated city: scenarios, sources, loggers, truth, score."), no_args_is_help=True
)
app.add_typer(twin_scenarios.app, name="scenario", help=mark("What if: a stretch of days with something changed."))
app.add_typer(twin_truth.app, name="truth", help=mark("What truly was in the simulation, kept aside and sealed."))
app.add_typer(twin_sources.app)
app.command("run", help=mark("The loggers speak to the gateway, and each hour is judged as it comes."))(
    twin_living.live
)
app.command("score", help=mark("Why does the lake differ from the truth, cell by cell?"))(twin_truth.score)
APPS = {"twin": app}
