# Compiles SQLite's module and the program; nothing of it but what runs goes into the second image.
FROM node:22-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY .ci ./.ci
COPY src ./src
COPY adapters ./adapters
COPY db ./db
RUN npm ci
# npm keeps the compiler, which a package that runs names as an optional peer.
RUN npm prune --omit=dev && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME /data
EXPOSE 3000
# SIGTERM lets the pages in hand end and puts running jobs back into the queue; give it 30 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/cli.js", "start"]
