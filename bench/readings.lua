-- SPDX-License-Identifier: Apache-2.0
-- Draws paths: 60 % in order (first readings), 30 % among those already read, 10 % one code.
local paths, at = {}, 0
function init(arguments)
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  math.randomseed(os.time())
  at = math.random(#paths)
end
function request()
  local draw = math.random()
  if draw < 0.6 then at = at % #paths + 1; return wrk.format("GET", paths[at]) end
  if draw < 0.9 then return wrk.format("GET", paths[(at - math.random(1000)) % #paths + 1]) end
  return wrk.format("GET", paths[1])
end
