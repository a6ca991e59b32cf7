/* One page by Lighthouse, in a browser that is already running: node lighthouse.mjs PORT URL prints scores and faults as JSON. */

import lighthouse from "lighthouse";

const [port, url] = process.argv.slice(2);
const onlyCategories = ["performance", "accessibility", "best-practices"];
const { lhr } = await lighthouse(url, {
  port: Number(port),
  onlyCategories,
  disableStorageReset: true, // the tablet's cookie is what opens the page
  logLevel: "error",
});

const counted = new Map(
  onlyCategories.flatMap((name) => lhr.categories[name].auditRefs.filter((ref) => ref.weight).map((ref) => [ref.id, name])),
);
const faults = [...counted]
  .filter(([id]) => lhr.audits[id].score !== null && lhr.audits[id].score < 1)
  .map(([id, category]) => ({ id, category, title: lhr.audits[id].title, shown: lhr.audits[id].displayValue ?? "" }));
const scores = Object.fromEntries(onlyCategories.map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
console.log(JSON.stringify({ scores, faults, opened: lhr.finalDisplayedUrl, trouble: lhr.runtimeError?.message ?? "" }));
