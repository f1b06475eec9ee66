"""The command `evalkit`."""

import datetime as dt
import errno
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import evalkit
from evalkit import terminal
from evalkit.errors import InputError, Mistake
from evalkit.files import text_file
from evalkit.publishing.run import safe_path, signals
from evalkit.terminal import console

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)

Assessment = Annotated[str, typer.Argument(help="A file in params/assessments/, without .yml.")]
ProjectFolder = Annotated[Path | None, typer.Option("--project", help="Project folder, if it is not a parent folder.")]


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"evalkit {evalkit.__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    lang: Annotated[str, typer.Option(help="Language of messages, zh or en; taken from LANG if left out.")] = "",
) -> None:
    """Evaluate regional reforms: one HTML report per region."""
    terminal.speak(lang)


@app.command()
def new(
    assessment: Annotated[str, typer.Argument(metavar="NAME", help="Names assessment, dataset and mapping.")],
    workbook: Annotated[
        Path | None, typer.Option("--from", help="A workbook (xlsx, xls, ods, csv) to read names and periods from.")
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", help="Project folder, may be empty; the current one if left out.")
    ] = None,
) -> None:
    """Write a commented assessment, region file, table of units and mapping to start from; never overwrites a file."""
    from evalkit.commands import projects

    projects.new(assessment, workbook, project)


@app.command()
def demo(folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")]) -> None:
    """Write the demonstration project: parameters, data and notebooks, ready for `run` and `lab`."""
    from evalkit.commands import projects

    projects.demo(folder)


@app.command()
def lab(
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="One in notebooks/, without .ipynb; the tour if left out.")
    ] = "",
    project: ProjectFolder = None,
) -> None:
    """Open JupyterLab on the project's notebooks; those of the suite that are missing are copied first."""
    from evalkit.commands import projects

    raise typer.Exit(projects.lab(notebook, project))


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; docs/schemas of the project if left out.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Write JSON Schemas of the params files, with which editors complete and check them."""
    from evalkit.commands import projects

    projects.schema(out, project)


@app.command()
def check(assessment: Assessment, project: ProjectFolder = None) -> None:
    """Check parameters and data without running notebooks; report all mistakes, open questions and a forecast."""
    from evalkit.commands import reports

    reports.check(assessment, project)


@app.command()
def power(
    assessment: Assessment,
    effect: Annotated[
        float | None, typer.Option(help="An effect in the indicators' unit (per cent on the log scale), to mark.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Before a reform: which effects the judgement will find, by the number of regions and periods."""
    from evalkit.commands import planning

    planning.power(assessment, effect, project)


@app.command()
def run(
    assessment: Assessment,
    regions: Annotated[
        list[str] | None, typer.Argument(help="Only these regions; the others keep their reports.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Pages made in parallel.")] = (os.cpu_count() or 1) + 1,
    force: Annotated[bool, typer.Option("--force", help="Remake reports that are up to date.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Only regions that failed last time.")] = False,
    lang: Annotated[list[str] | None, typer.Option(help="Only these languages: zh, en.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Time limit per notebook, in seconds.")] = 600,
    memory: Annotated[float, typer.Option(min=0.5, help="Memory limit per notebook, in GiB (Linux).")] = 4,
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="ASSESSMENT", help="One more assessment, made by the same processes; may be repeated."),
    ] = None,
    max_failures: Annotated[int | None, typer.Option(min=1, help="Stop after this many failed regions.")] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Make the pages on a Dask cluster: tcp://host:8786. Its machines must share the project folder.",
        ),
    ] = "",
    project: ProjectFolder = None,
) -> None:
    """Evaluate regions and publish their reports.

    Exit status 0: all published; 1: some region failed, the others are published; 2: invalid input; 130 or 143:
    stopped by Ctrl-C or SIGTERM. The same command resumes where the run stopped.
    """
    from evalkit.commands import reports

    options = reports.Options(jobs, force, retry_failed, timeout, memory, max_failures, scheduler)
    if also and regions:
        raise InputError([Mistake("--also", "regions are of one assessment", "Name regions, or --also, not both.")])
    raise typer.Exit(reports.run([assessment, *(also or [])], regions or [], lang or [], options, project))


@app.command()
def status(assessment: Assessment, project: ProjectFolder = None) -> None:
    """List which reports are published, stale, failed or missing, and files in site/ that do not belong there."""
    from evalkit.commands import reports

    reports.status(assessment, project)


@app.command()
def publish(
    assessment: Assessment,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New, empty, or published to before; it is replaced.")],
    project: ProjectFolder = None,
) -> None:
    """Copy a complete, checked site to DIR, and write the SHA-256 of every file to DIR.sha256.

    Exit status 0: copied; 2: the site does not match the assessment; all differences are listed, nothing is copied.
    """
    from evalkit.commands import reports

    reports.publish(assessment, folder, project)


@app.command()
def freeze(
    assessment: Assessment,
    date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date of the stamps; today if left out.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Replace the stamps of an earlier freeze.")] = False,
    project: ProjectFolder = None,
) -> None:
    """Stamp plan, targets, baseline, primary indicators and design with date and hash; reports show later changes."""
    from evalkit.commands import reports

    reports.freeze(assessment, date.date() if date else dt.date.today(), again, project)


@app.command()
def simulate(
    name: Annotated[
        str, typer.Argument(help="A dataset with a simulation.yml: demonstration, demonstration-members, national.")
    ],
    units: Annotated[
        int | None, typer.Option(min=1, help="Number of units, if not the specification's; proportions are kept.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Write a simulated dataset (units.csv, panel.csv, truth.json; members.csv) from data/NAME/simulation.yml."""
    from evalkit.commands import projects

    projects.simulate(name, units, project)


@app.command()
def template(
    assessment: Assessment,
    units: Annotated[
        list[str] | None, typer.Argument(help="Only these units; comparison units must be asked as well.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; reports/ASSESSMENT/templates if left out.")
    ] = None,
    project: ProjectFolder = None,
) -> None:
    """Write one collection workbook per region to send out; `ingest` reads returned ones without a mapping."""
    from evalkit.commands import intake

    intake.template(assessment, units or [], out, project)


@app.command()
def ingest(
    name: Annotated[
        str | None, typer.Argument(metavar="MAPPING", help="A file in params/mappings/, without .yml.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, but write nothing.")] = False,
    draft: Annotated[
        list[Path] | None, typer.Option(help="A sample workbook to print a first mapping for; may be repeated.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(metavar="ASSESSMENT", help="List who has returned the collection workbook.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Workbooks read in parallel.")] = None,
    project: ProjectFolder = None,
) -> None:
    """Read the workbooks below data/raw/ into data/DATASET/panel.csv, and log every value that was normalised.

    Exit status 0: written; 2: the workbooks or the mapping have mistakes; all are listed, and nothing is written.
    """
    if sum(given is not None for given in (name, draft, status)) != 1:
        raise InputError([Mistake("evalkit ingest", "needs one of MAPPING, --draft, --status", "See --help.")])
    from evalkit.commands import intake

    if status is not None:
        intake.collection(status, project)
    elif draft is not None:
        intake.draft(draft, project)
    elif name is not None:
        intake.ingest(name, dry_run, jobs, project)


def main() -> NoReturn:
    """Run the command. A user error prints a message and exits with 2; a disk that cannot be written to, with 1."""
    safe_path.leave_working_folder()
    try:
        with signals.leaving():
            app()
    except InputError as error:
        terminal.tell(error)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        raise SystemExit(128 + signal.SIGINT) from None
    except UnicodeEncodeError as error:
        if not (name := text_file.NOT_UTF_8.search(error.object)):
            raise
        terminal.tell(InputError([text_file.misnamed(name[0])]))
        raise SystemExit(2) from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has closed the pipe: `evalkit status a | head -1`
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(128 + signal.SIGPIPE) from None
        if error.errno not in REFUSALS:
            raise
        where, what = error.filename or "disk", f"cannot be written: {error.strerror}"
        terminal.tell(
            InputError([Mistake(str(where), what, "Free disk space or fix the folder's permissions, then run again.")])
        )
        raise SystemExit(1) from None
    raise SystemExit(0)
