-- For wrk: every request posts the bytes of a file; every answer that is not 200 is counted as an error by wrk.
-- wrk -s post.lua URL -- FILE CONTENT-TYPE
function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   wrk.method = "POST"
   wrk.body = file:read("*all")
   wrk.headers["Content-Type"] = arguments[2]
   file:close()
end

-- One line that a program reads: requests, microseconds, errors, latencies in microseconds.
function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "us": %d, "errors": %d, "p50": %d, "p99": %d}\n', summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout, latency:percentile(50),
      latency:percentile(99)))
end
