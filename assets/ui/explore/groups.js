// The table of groups of test's items: how many there are, and which share of them is found.

import { count } from '../common/numbers.js';
import { lastSaid, say } from '../common/page.js';
import { makeTable } from '../common/table.js';

const percent = share => `${(100 * share).toFixed(1)} %`;

/** A group by the name that the page calls it. */
const named = ({ label, prototype }) =>
  prototype === null ? label : `${lastSaid('open').prototypes[prototype].number + 1} · ${label}`;

/** Fills `place`; show(found) takes what the server says of a run. */
export function makeGroups(place) {
  let shape = '';
  let table = null;

  function show({ groups, k }) {
    const hasOther = groups.some(({ other_first: other }) => other !== null);
    const name = `${k} ${hasOther}`;
    if (name !== shape || !table) {
      shape = name;
      table = makeTable(columns(k, hasOther), {
        label: 'Groups of items. Up and down go from row to row, Enter selects a prototype.',
        idOf: named,
        onChoose: ({ prototype }) => prototype !== null && say('choose', { prototype }),
      });
      place.replaceChildren(table.element);
    }
    place.hidden = !groups.length;
    table.show(groups);
  }

  return { show };
}

function columns(k, hasOther) {
  const share = (title, read) => ({
    title,
    value: read,
    text: row => percent(read(row)),
    isNumber: true,
  });
  return [
    {
      title: 'Group',
      value: row => row.label,
      text: named,
    },
    { title: 'Items', value: row => row.n, text: row => count(row.n), isNumber: true },
    { ...share('Found first', row => row.first), sorts: 'rising' },
    ...(hasOther ? [share('First, other run', row => row.other_first)] : []),
    share(`Among ${k}`, row => row.among),
  ];
}
