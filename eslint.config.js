// What a reader trips over: unused names, undeclared globals, and markup made from a trace's text.
import js from '@eslint/js';
import globals from 'globals';

const markup = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'writeln'];

export default [
    {ignores: ['build/', 'node_modules/']},
    js.configs.recommended,
    {
        rules: {
            'eqeqeq': 'error',
            'no-var': 'error',
            'prefer-const': 'error',
            'no-eval': 'error',
            'no-implied-eval': 'error',
            'no-new-func': 'error',
            'no-unused-vars': ['error', {argsIgnorePattern: '^_', caughtErrors: 'none'}],
            'no-restricted-syntax': ['error',
                {selector: 'ExportDefaultDeclaration', message: 'Named exports only.'}],
        },
    },
    {
        files: ['web/**/*.js'],
        languageOptions: {globals: {...globals.browser, ...globals.worker}},
        rules: {
            'max-lines': ['error', {max: 300}],
            'no-restricted-properties': ['error', ...markup.map((property) => (
                {property, message: 'Text of a trace is never markup: build nodes and set textContent.'}))],
        },
    },
    {
        // core is pure: values in, values out.
        files: ['web/core/**/*.js'],
        languageOptions: {globals: Object.fromEntries(
            ['document', 'window', 'fetch', 'location', 'navigator', 'localStorage', 'requestAnimationFrame']
                .map((name) => [name, 'off']))},
    },
    {
        files: ['tests/**/*.{js,mjs}', '*.js'],
        languageOptions: {globals: {...globals.node, ...globals.browser}},
        rules: {'no-restricted-syntax': 'off'},
    },
];
