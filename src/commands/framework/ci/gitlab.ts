import { type CiFacts, folderArgument, PREVIEW_TTL } from "./ci-file.ts";

export const GITLAB_FILE = ".gitlab-ci.yml";

const OWN_MERGE_REQUEST =
  '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID';

const installPackages = `# Scripts of packages run here, without the secrets in their environment.
    - if [ -f "$PROJECT/package-lock.json" ]; then env -u DSDN_SESSION -u DSDN_TOKEN npm ci --prefix "$PROJECT"; fi`;

/** A pipeline for GitLab: production on the default branch, a preview for each merge request. */
export function gitlabPipeline(facts: CiFacts): string {
  return `# Deploys this project: production on a push to the default branch, a preview for each merge request.
# Written by \`dsdn init --ci gitlab\`; change it as you like.
#
# In the project's settings, under "CI/CD", "Variables":
#   DSDN_SESSION           masked: what \`dsdn session grant --name ci --print\` prints; it says where its network is
#   DSDN_TOKEN             masked: only where the ingress asks for a token
#   DSDN_INGRESS_ENDPOINT  only for another way to the network, such as https://ingress.example.org
# A protected variable reaches protected branches only; previews need it unprotected.
#
# A job that fails ends with the exit code of dsdn: 10-19 this machine or the settings, 20-29 the project,
# 30-39 the network, or a session that ended, 40-49 something did not verify.

workflow:
  rules:
    - if: ${OWN_MERGE_REQUEST}
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

stages: [deploy]

variables:
  # A tarball's path or address as long as your registry has no dsdn: a package of that name there would get the session.
  DSDN_PACKAGE: dsdn@${facts.version}
  # Names of folders may hold a $; it is meant as it stands.
  NAME:
    value: ${JSON.stringify(facts.name)}
    expand: false
  PROJECT:
    value: ${JSON.stringify(folderArgument(facts))}
    expand: false

.dsdn:
  stage: deploy
  image: node:24-bookworm-slim
  timeout: 15 minutes
  before_script:
    ${installPackages}
    - export DSDN_HOME="$(mktemp -d)"
    - npm install --global --ignore-scripts "$DSDN_PACKAGE"
    - |
      if [ -n "$DSDN_TOKEN" ]; then
        (umask 077; printf '%s' "$DSDN_TOKEN" > "$DSDN_HOME/token")
        export DSDN_TOKEN_FILE="$DSDN_HOME/token"
      fi

production:
  extends: .dsdn
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  # One after the other; a deployment that has begun is not cut off.
  resource_group: production
  interruptible: false
  script:
    - url="$(dsdn deploy "$PROJECT" --name="$NAME" --yes --if-changed --quiet)"
    - echo "DSDN_URL=$url" > dsdn-url.env
    - echo "Production at $url"
  environment:
    name: production
    url: $DSDN_URL
  artifacts:
    reports:
      dotenv: dsdn-url.env

preview:
  extends: .dsdn
  rules:
    - if: ${OWN_MERGE_REQUEST}
  resource_group: preview-$CI_MERGE_REQUEST_IID
  interruptible: false
  script:
    - url="$(dsdn deploy "$PROJECT" --name="$NAME" --preview="mr-$CI_MERGE_REQUEST_IID" --preview-ttl=${PREVIEW_TTL} --yes --if-changed --quiet)"
    - echo "DSDN_URL=$url" > dsdn-url.env
    - echo "Preview at $url"
  # The merge request shows the address, and ends the preview when it is merged or closed.
  environment:
    name: preview/$CI_MERGE_REQUEST_IID
    url: $DSDN_URL
    on_stop: end-preview
    auto_stop_in: 30 days
  artifacts:
    reports:
      dotenv: dsdn-url.env

end-preview:
  extends: .dsdn
  rules:
    - if: ${OWN_MERGE_REQUEST}
      when: manual
      allow_failure: true
  resource_group: preview-$CI_MERGE_REQUEST_IID
  variables:
    GIT_STRATEGY: none
  script:
    - dsdn remove --preview="mr-$CI_MERGE_REQUEST_IID" -- "$NAME"
  environment:
    name: preview/$CI_MERGE_REQUEST_IID
    action: stop
`;
}
