// Lets Node read the page's scripts as the browser does: as modules, though no package says so.

import { register } from 'node:module';

const HOOK = `export const load = (url, context, next) =>
  next(url, url.includes('/assets/ui/') ? { ...context, format: 'module' } : context);`;

register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
