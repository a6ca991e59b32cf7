// Judges FHIR R4 bundles, one JSON text a line, by two programs that are not ours: `fhir` knows elements, cardinalities, types
// and required codes; `fhirpath` evaluates the invariants of the standard. Prints the problems of each as a JSON list a line.
import { createInterface } from "node:readline"
import { readFileSync } from "node:fs"
import Fhir from "fhir"
import fhirpath from "fhirpath"
import r4 from "fhirpath/fhir-context/r4/index.js"

const judge = new Fhir.Fhir()
const invariants = JSON.parse(readFileSync(new URL("invariants.json", import.meta.url)))
const rules = invariants.map(({ key, where, holds }) => ({ key, check: fhirpath.compile(`${where}.all(${holds})`, r4) }))

function broken(resource) {
  return rules.filter(({ check }) => check(resource)[0] !== true).map(({ key }) => `${resource.resourceType}: ${key}`)
}

for await (const line of createInterface({ input: process.stdin })) {
  const bundle = JSON.parse(line)
  let found = []
  try {
    const told = judge.validate(bundle, { errorOnUnexpected: true })
    found = told.messages
      .filter(({ severity }) => severity === "error" || severity === "fatal")
      .map(({ location, message }) => `${location}: ${message}`)
    for (const one of [bundle, ...(bundle.entry ?? []).map(({ resource }) => resource)]) found.push(...broken(one))
  } catch (error) {
    found.push(`cannot be judged: ${error.message}`)
  }
  console.log(JSON.stringify(found))
}
