// Room: dashboard, client. The one script of every page: hands over to the page that the server named.

import { openExperimentPage } from './experiment-page.ts';
import { openOverviewPage } from './overview-page.ts';
import { openRunPage } from './run-page.ts';

const { dataset } = document.body;
if (dataset.page === 'experiment') openExperimentPage(dataset);
else if (dataset.page === 'run') openRunPage(dataset);
else if (dataset.page === 'overview') openOverviewPage(dataset);
