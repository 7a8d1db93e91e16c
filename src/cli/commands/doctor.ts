// Room: cli. facet doctor: what this machine trains on.

import { diagnose, formatDiagnosis } from '../../model/doctor.ts';
import { EXIT } from '../exit-codes.ts';

export async function doctorCommand({ json }: { json: boolean }): Promise<number> {
  const diagnosis = await diagnose();
  process.stdout.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : `${formatDiagnosis(diagnosis).trimEnd()}\n`);
  return EXIT.ok;
}
