-- The health of every kind of hpc-park.ru and element.1c.ru, as Argo CD shows it.
-- Argo CD runs Lua 5.1 without its libraries, so nothing but ipairs is used here.

local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end

local function isTrue(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

local function health(status, condition, otherwise)
  local message = otherwise
  if condition ~= nil then
    message = condition.reason .. ": " .. condition.message
  end
  return { status = status, message = message }
end

-- Argo CD itself says so of whatever is on its way out and does not ask; others may.
if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", conditions.Stalled or conditions.Reconciling, "on its way out")
end

-- What is said of a former spec says nothing of this one.
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", nil, "the operator has not looked at it yet")
end

local ready = conditions.Ready
local synced = conditions.Synced

if synced ~= nil and synced.reason == "Paused" then
  return health("Suspended", synced)
end

-- A human must change something, whether or not the remote thing goes on working.
if isTrue("Stalled") then
  return health("Degraded", conditions.Stalled)
end

-- Of accounts: a token of another user has turned up.
if conditions.Trusted ~= nil and conditions.Trusted.status == "False" then
  return health("Degraded", conditions.Trusted)
end

if isTrue("Reconciling") then
  return health("Progressing", conditions.Reconciling)
end

if ready == nil then
  return health("Progressing", nil, "the operator has not looked at it yet")
end

if ready.status == "Unknown" then
  return health("Unknown", ready)
end

if ready.status == "True" then
  if isTrue("TokenExpiring") then
    return health("Healthy", conditions.TokenExpiring)
  end
  if synced ~= nil and synced.status ~= "True" then
    return health("Healthy", synced)
  end
  return health("Healthy", ready)
end

-- Only what is observed gets here: nobody is at work on it, so what has failed stays so.
if ready.reason == "RemoteFailed" then
  return health("Degraded", ready)
end
return health("Progressing", ready)
