// The JavaScript client of ClickHouse against the interface: node clients.mjs GUESTS PASSWORD WRITABLE
import { createClient } from '@clickhouse/client'

const [guests, password, writable] = process.argv.slice(2)
const compression = { request: true, response: true }
const found = {}

const client = createClient({ url: guests, username: 'analyst', password, compression })
found.ping = (await client.ping()).success
const one = async (query, query_params) => (await (await client.query({ query, query_params, format: 'JSONEachRow' })).json())[0]
found.count = Number((await one('SELECT count() AS n FROM articles')).n)
found.title = (await one('SELECT title FROM articles WHERE id = {id:String}', { id: 'a3' })).title
found.streamed = 0
const rows = await client.query({ query: 'SELECT number FROM numbers(1000)', format: 'JSONCompactEachRow' })
for await (const part of rows.stream()) found.streamed += part.length
found.refused = await client.query({ query: "SELECT file('/etc/hostname')" }).catch((e) => e.code)
await client.close()

const stranger = createClient({ url: guests, password: 'wrong' })
found.wrong = await stranger.query({ query: 'SELECT 1' }).catch((e) => e.code)
await stranger.close()

const writer = createClient({ url: writable, compression })
await writer.command({ query: 'CREATE TABLE js (id UInt8, name String) ENGINE = MergeTree ORDER BY id' })
await writer.insert({ table: 'js', values: [{ id: 1, name: 'one' }, { id: 2, name: "it's ünï" }], format: 'JSONEachRow' })
found.inserted = await (await writer.query({ query: 'SELECT * FROM js ORDER BY id', format: 'JSONEachRow' })).json()
await writer.close()

console.log(JSON.stringify(found))
