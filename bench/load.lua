-- SPDX-License-Identifier: Apache-2.0
-- Draws codes for wrk: first readings in the file's order, repeats among those read before, one
-- popular code; prints what was answered as one line of JSON.
-- Arguments: FILE WIDTH STOCK READ POPULAR FIRST REPEAT. Lines have WIDTH bytes; those before READ
-- were read before, those from READ on, STOCK of them, were not. The rest is shares of 1.
local thread, head, tail, popular, first, again
local unread, read, at = {}, {}, 0

function setup(one) thread = one end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local width, stock, done = tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])
  popular, first = arguments[5], tonumber(arguments[6])
  again = first + tonumber(arguments[7])
  local before = math.min(done, 200000)
  file:seek("set", (done - before) * width)
  for number = 1, before do read[number] = file:read("*l") end
  for number = 1, stock do unread[number] = file:read("*l") end
  file:close()
  -- What does not depend on the code is written once.
  local mark = "/MARK"
  local whole = wrk.format("GET", mark)
  local from, to = whole:find(mark, 1, true)
  head, tail = whole:sub(1, from - 1), whole:sub(to + 1)
  math.randomseed(os.time())
  wrk.thread:set("used", 0)
end

function request()
  local draw, path = math.random(), popular
  if draw < first then
    at = at + 1
    path = unread[at]
    if path == nil then error("no unread codes are left") end
    read[#read + 1] = path
    wrk.thread:set("used", at)
  elseif draw < again then
    path = read[math.random(#read)]
  end
  return head .. path .. tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"seconds":%.6f,"p99_ms":%.4f,"used":%d,"refused":%d,"lost":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3,
    thread:get("used"), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
