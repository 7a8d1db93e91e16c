export function carryAddon(tfjs: string, folder: string): Promise<void>;
export function findTooNew(bytes: string): string | null;
