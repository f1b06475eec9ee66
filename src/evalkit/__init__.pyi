from evalkit import panel as panel
from evalkit.analysis.effects import before_after as before_after
from evalkit.analysis.effects import checks as checks
from evalkit.analysis.effects import conclusion as conclusion
from evalkit.analysis.effects import design as design
from evalkit.analysis.effects import did as did
from evalkit.analysis.effects import findings as findings
from evalkit.analysis.effects import specifications as specifications
from evalkit.analysis.effects import synthetic as synthetic
from evalkit.analysis.programme import staggered as staggered
from evalkit.project.evaluation import load as load
from evalkit.publishing.downloads.export import export as export
from evalkit.reporting.elements import figures as figures
from evalkit.reporting.elements import tables as tables
from evalkit.reporting.region import goal_tables as goals  # noqa: F401 (offered by another name)
from evalkit.reporting.report import report as report

__version__: str
