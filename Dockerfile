# syntax=docker/dockerfile:1
# Debian, not Alpine: onnxruntime has no musl build.
FROM node:22-bookworm-slim AS build
WORKDIR /app
# hnswlib-node compiles at install.
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts scripts
RUN npm run build
RUN npm prune --omit=dev \
 # What Node on Linux never loads: the browser build and other platforms' binaries.
 && rm -rf node_modules/onnxruntime-web node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32
COPY models models
COPY corpus corpus
COPY rules rules
# The index is built into the image: the container answers at once, and an unchanged corpus costs nothing at start.
RUN node dist/scripts/build-index.js

FROM node:22-bookworm-slim
# The last one, in bytes: what an old generation of the index took is given back to the system, not kept in pieces.
ENV NODE_ENV=production HEALTH_PORT=8081 INDEX_DIR=/data/index STATE_DIR=/data/state MALLOC_MMAP_THRESHOLD_=1048576
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json ./
COPY --chown=node:node run.js ./
COPY --from=build --chown=node:node /app/node_modules node_modules
COPY --from=build --chown=node:node /app/dist dist
COPY --from=build --chown=node:node /app/models models
COPY --from=build --chown=node:node /app/corpus corpus
COPY --from=build --chown=node:node /app/rules rules
COPY --from=build --chown=node:node /app/src/adapters/web/page src/adapters/web/page
COPY --from=build --chown=node:node /app/index /data/index
COPY --chown=node:node LICENSE NOTICE ./
RUN mkdir -p /data/state && chown node:node /data/state
USER node
VOLUME /data
EXPOSE 8081
# Liveness on our own server; readiness is /readyz.
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.HEALTH_PORT+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Run with --init, so that signals reach Node and children are reaped.
CMD ["node", "dist/src/main.js"]
