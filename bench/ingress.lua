-- wrk's script: posts each body of a file once, with the signature made before the run.
-- Arguments: the file (a line a request: signature, space, body), the path, and where the result goes.

local serial = 0

function setup(thread)
  thread:set("id", serial)
  serial = serial + 1
  threads = serial
  thread:set("of", tonumber(os.getenv("WRK_THREADS")))
end

function init(args)
  posts, at = {}, 0
  local line = 0
  for text in io.lines(args[1]) do
    if line % of == id then
      local space = text:find(" ", 1, true)
      local headers = {
        ["Content-Type"] = "application/json",
        ["X-Hub-Signature-256"] = text:sub(1, space - 1),
      }
      posts[#posts + 1] = wrk.format("POST", args[2], headers, text:sub(space + 1))
    end
    line = line + 1
  end
end

function request()
  at = at + 1
  if at > #posts then
    -- A body sent twice would be passed over by the inbox: that is no work, so the run ends here instead.
    wrk.thread:stop()
    at = #posts
  end
  return posts[at]
end

function done(summary, latency)
  local out = io.open(os.getenv("WRK_RESULT"), "w")
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  out:write(string.format(
    '{"posts": %d, "seconds": %.6f, "refused": %d, "errors": %d, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status, wrong,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
  out:close()
end
