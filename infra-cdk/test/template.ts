import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { addStacks } from '../src/app.ts';
import { createPlaceholders } from '../tools/placeholder.ts';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Both templates of a stage. */
export interface Templates {
  readonly data: Template;
  readonly bulletin: Template;
}

/** Creates an app with these settings and placeholders for the Lambdas. */
export function appWith(settings: Readonly<Record<string, unknown>> = {}): App {
  const { context } = JSON.parse(read('infra-cdk/cdk.json')) as { context: Record<string, unknown> };
  return new App({
    context: { 'aws:cdk:enable-path-metadata': true, ...context, binaries: createPlaceholders(), ...settings },
  });
}

/** Synthesizes both stacks with these settings. */
export function synthesize(settings: Readonly<Record<string, unknown>> = {}): Templates {
  const { data, bulletin } = addStacks(appWith(settings));
  return { data: Template.fromStack(data), bulletin: Template.fromStack(bulletin) };
}

/** The path of a resource in its stack: `Parser/Pages`. */
export function path(resource: Resource): string {
  const path = resource.Metadata?.['aws:cdk:path'] ?? '';
  return path.split('/').slice(1).join('/').replace(/\/(Resource|Default)$/, '');
}

const RESOURCES = new WeakMap<Template, Record<string, Resource>>();

/** The path of the resource with this logical id, or the id if it is a parameter. */
function pathOf(template: Template, id: string): string {
  const known = RESOURCES.get(template) ?? (template.toJSON() as { Resources: Record<string, Resource> }).Resources;
  RESOURCES.set(template, known);
  const found = known[id];
  return found === undefined ? id : path(found);
}

/** Replaces all references to resources with paths: `Parser/Pages.Arn`. */
export function named(templates: Templates, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => named(templates, one));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [[key, argument] = []] = entries;
  if (entries.length === 1 && key === 'Ref') {
    return pathOf(templates.bulletin, String(argument));
  }
  if (entries.length === 1 && key === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string];
    return `${pathOf(templates.bulletin, id)}.${attribute}`;
  }
  if (entries.length === 1 && key === 'Fn::ImportValue') {
    const { Outputs } = templates.data.toJSON() as { Outputs: Record<string, { Value: unknown; Export: { Name: string } }> };
    const output = Object.values(Outputs).find((output) => output.Export.Name === argument);
    return named({ ...templates, bulletin: templates.data }, output?.Value);
  }
  return Object.fromEntries(entries.map(([name, inner]) => [name, named(templates, inner)]));
}

/** All resources of a type by logical id. */
export function resources(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}

/** The only resource of a type with this value of a property, and its logical id. */
export function only(template: Template, type: string, property: string, value: unknown): [string, Resource] {
  const found = Object.entries(resources(template, type)).filter(
    ([, resource]) => JSON.stringify(resource.Properties[property]) === JSON.stringify(value),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`found ${found.length} of ${type} with ${property} ${JSON.stringify(value)}, expected 1`);
  }
  return first;
}

/** Reads a file of the project. */
export function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
}
