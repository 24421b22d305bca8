import { type CiFacts, folderArgument, PREVIEW_TTL } from "./ci-file.ts";

export const GITHUB_FILE = ".github/workflows/dsdn.yml";

/** Actions by commit, which no tag can be moved away from. */
const CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
const SETUP_NODE = "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0";

/** How an expression begins. */
const OPEN = "$".concat("{{");

/** A text as YAML that GitHub reads as it stands: an expression in a project's name stays text. */
function plainly(text: string): string {
  return JSON.stringify(text.replaceAll(OPEN, `${OPEN} '${OPEN}' }}`));
}

const OWN_PULL_REQUEST = `github.event_name == 'pull_request'
      && github.event.pull_request.head.repo.full_name == github.repository
      && github.actor != 'dependabot[bot]'`;

const setUpNode = `      - uses: ${SETUP_NODE}
        with:
          node-version: 24
          package-manager-cache: false`;

const installDsdn = `      - name: Install dsdn
        env:
          DSDN_TOKEN: \${{ secrets.DSDN_TOKEN }}
        run: |
          npm install --global --ignore-scripts "$DSDN_PACKAGE"
          echo "DSDN_HOME=$RUNNER_TEMP/dsdn" >> "$GITHUB_ENV"
          if [ -n "$DSDN_TOKEN" ]; then
            (umask 077; printf '%s' "$DSDN_TOKEN" > "$RUNNER_TEMP/dsdn-token")
            echo "DSDN_TOKEN_FILE=$RUNNER_TEMP/dsdn-token" >> "$GITHUB_ENV"
          fi`;

const takeSources = `      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
${setUpNode}
      # Scripts of packages run here, before any secret of this job is given out.
      - name: Install the project's packages
        run: |
          if [ -f "$PROJECT/package-lock.json" ]; then npm ci --prefix "$PROJECT"; fi
${installDsdn}`;

/** A workflow for GitHub Actions: production on a push, a preview for each pull request. */
export function githubWorkflow(facts: CiFacts): string {
  return `# Deploys this project: production on a push to the default branch, a preview for each pull request.
# Written by \`dsdn init --ci github\`; change it as you like.
#
# In the repository's settings, under "Secrets and variables", "Actions":
#   secret DSDN_SESSION            what \`dsdn session grant --name ci --print\` prints; it says where its network is
#   secret DSDN_TOKEN              only where the ingress asks for a token
#   variable DSDN_INGRESS_ENDPOINT only for another way to the network, such as https://ingress.example.org
#
# A step that fails ends with the exit code of dsdn: 10-19 this machine or the settings, 20-29 the project,
# 30-39 the network, or a session that ended, 40-49 something did not verify.
name: dsdn

on:
  push:
  pull_request:
    types: [opened, reopened, synchronize, closed]

permissions:
  contents: read

# One after the other for a branch or pull request; a deployment that has begun is not cut off.
concurrency:
  group: dsdn-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: false

env:
  # A tarball's path or address as long as your registry has no dsdn: a package of that name there would get the session.
  DSDN_PACKAGE: dsdn@${facts.version}
  DSDN_INGRESS_ENDPOINT: \${{ vars.DSDN_INGRESS_ENDPOINT }}
  NAME: ${plainly(facts.name)}
  PROJECT: ${plainly(folderArgument(facts))}
  PREVIEW: pr-\${{ github.event.pull_request.number }}

jobs:
  production:
    if: >-
      github.event_name == 'push'
      && github.ref == format('refs/heads/{0}', github.event.repository.default_branch)
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
${takeSources}
      - name: Deploy
        env:
          DSDN_SESSION: \${{ secrets.DSDN_SESSION }}
        run: |
          url="$(dsdn deploy "$PROJECT" --name="$NAME" --yes --if-changed --quiet)"
          echo "Production: $url" >> "$GITHUB_STEP_SUMMARY"

  preview:
    # Pull requests of forks and of Dependabot are given no secrets, and are not deployed.
    if: >-
      ${OWN_PULL_REQUEST}
      && github.event.action != 'closed'
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: write
    steps:
${takeSources}
      - name: Deploy the preview
        id: preview
        env:
          DSDN_SESSION: \${{ secrets.DSDN_SESSION }}
        run: |
          url="$(dsdn deploy "$PROJECT" --name="$NAME" --preview="$PREVIEW" --preview-ttl=${PREVIEW_TTL} --yes --if-changed --quiet)"
          echo "url=$url" >> "$GITHUB_OUTPUT"
          echo "Preview: $url" >> "$GITHUB_STEP_SUMMARY"
      # The address stays the same for every push to the pull request, so it is said once.
      - name: Say where the preview is
        if: github.event.action == 'opened' || github.event.action == 'reopened'
        env:
          GH_TOKEN: \${{ github.token }}
          GH_REPO: \${{ github.repository }}
          NUMBER: \${{ github.event.pull_request.number }}
          URL: \${{ steps.preview.outputs.url }}
        run: gh pr comment "$NUMBER" --body "Preview of this pull request, made by dsdn - $URL"

  end-preview:
    if: >-
      ${OWN_PULL_REQUEST}
      && github.event.action == 'closed'
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
${setUpNode}
${installDsdn}
      - name: End the preview
        env:
          DSDN_SESSION: \${{ secrets.DSDN_SESSION }}
        run: dsdn remove --preview="$PREVIEW" -- "$NAME"
`;
}
