// Asks the server of the page for what it does on request.

/** The answer, or `error`: why there is none, in a few words. Rejects only where the signal is aborted. */
export async function ask<Reply extends { error?: string }>(url: string, request: object, signal: AbortSignal): Promise<Reply> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request), signal });
    return (await response.json()) as Reply;
  } catch (error) {
    if (signal.aborted) throw error;
    return { error: 'the dashboard does not answer' } as Reply;
  }
}
