// Room: dashboard. A page that says what is wrong and where to go from here.

import type { Assets } from '../http/assets.ts';
import { renderPage } from './layout.tsx';

export function renderMessage(assets: Assets, { title, text }: { title: string; text: string }): string {
  return renderPage({
    title,
    page: 'message',
    assets,
    children: (
      <>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <p>
          <a href="/">All experiments</a>
        </p>
      </>
    ),
  });
}
