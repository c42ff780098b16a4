# One image for every process of ours: docker run poolkeeper scheduler | worker | dashboard | migrate | …
# Health checks stand with the services (docker-compose.yml), because each process is asked something else.
FROM node:20.20.2-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY dashboard dashboard
RUN npm run build

FROM base AS dependencies
# Without --omit=optional the TypeScript compiler comes along as a peer that may be there: 117 MB instead of 85.
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM base
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
USER node
EXPOSE 7300
ENTRYPOINT ["node", "bin/poolkeeper.js"]
CMD ["--help"]
