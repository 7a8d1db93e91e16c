// Room: model/data. A UserError about the pictures or labels: they are missing, damaged or not as they were.

import { UserError } from '../../experiment/user-error.ts';

export class DataError extends UserError {}
