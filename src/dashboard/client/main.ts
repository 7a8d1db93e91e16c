// The script of every page: starts what the page that the server named needs.

import { openExperimentPage } from './experiment-page.ts';
import { openOverviewPage } from './overview-page.ts';
import { openReport } from './report.ts';
import { openRunPage } from './run-page.ts';

openReport();
const { dataset } = document.body;
if (dataset.page === 'experiment') openExperimentPage(dataset);
else if (dataset.page === 'run') openRunPage(dataset);
else if (dataset.page === 'overview') openOverviewPage(dataset);
