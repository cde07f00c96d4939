#!/usr/bin/env bash
# A real one-node Slurm on this machine, to test the workflow's submission of jobs.
#
#   sudo tests/workflow/slurm.sh start
#   snakemake --executor slurm --slurm-status-command squeue --jobs 2 ...
#   sudo tests/workflow/slurm.sh stop
#
# There is no accounting database, so sacct knows nothing: Snakemake has to ask squeue.
set -euo pipefail

# Jobs read the configuration from where Slurm looks by itself: SLURM_CONF would not reach them.
conf=/etc/slurm/slurm.conf
mark="# Written by tests/workflow/slurm.sh, which removes it on stop."
state=/run/workflow-slurm
daemons=(slurmd slurmctld munged) # in the order in which they stop

die() {
  echo "slurm.sh: $1" >&2
  exit 1
}

ours() { [[ -f $conf && $(head -n 1 "$conf") == "$mark" ]]; }

# Is the daemon of this name, which we started, running? (Its number may be another's by now.)
running() {
  [[ -s $state/$1.pid ]] &&
    [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$(<"$state/$1.pid")/cmdline") == *"$1"* ]]
}

idle() { [[ $(timeout 10 sinfo --noheader --format=%T 2>/dev/null) == idle ]]; }

start() {
  ours && die "already started; stop it first."
  local command
  for command in slurmctld slurmd munged; do
    command -v "$command" >/dev/null ||
      die "$command is missing: apt-get install -y slurmctld slurmd munge"
  done

  local host cpus memory
  host=$(hostname -s)
  cpus=$(nproc)
  # sbatch --mem is refused beyond RealMemory, and slurmd drains a node that has less.
  memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)

  rm -rf "$state"
  # munged wants no directory above its socket that others can write to.
  install -d -m 755 "$state" "$state/ctld" "$state/d" "$(dirname "$conf")"
  cat >"$conf" <<CONF
$mark
ClusterName=workflow
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$state/munge.socket
SlurmctldPidFile=$state/slurmctld.pid
SlurmdPidFile=$state/slurmd.pid
SlurmctldLogFile=$state/slurmctld.log
SlurmdLogFile=$state/slurmd.log
StateSaveLocation=$state/ctld
SlurmdSpoolDir=$state/d
# A container may have no cgroups of its own.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# Otherwise a job that asks for no memory takes all of it, and jobs run one by one.
DefMemPerCPU=$((memory / cpus))
AccountingStorageType=accounting_storage/none
# squeue must remember a finished job until Snakemake has asked for it.
MinJobAge=3600
MailProg=/bin/true
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=workflow Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF

  # A munged of our own leaves the machine's key and socket alone.
  (umask 077 && head -c 1024 /dev/urandom >"$state/munge.key")
  trap stop ERR
  munged --force --socket="$state/munge.socket" --key-file="$state/munge.key" \
    --pid-file="$state/munged.pid" --log-file="$state/munged.log" --seed-file="$state/munged.seed"
  slurmctld
  slurmd
  trap - ERR

  local _
  for _ in {1..60}; do
    idle && return
    sleep 1
  done
  tail -n 5 "$state"/*.log >&2
  stop
  die "the node was not idle within 60 s; the ends of the logs are above."
}

stop() {
  ours || die "nothing to stop."
  # The steps of a job outlive slurmd, so the jobs end first.
  local _ jobs name
  for _ in {1..10}; do
    jobs=$(timeout 5 squeue --noheader --format=%A 2>/dev/null) || break
    [[ -n $jobs ]] || break
    xargs timeout 5 scancel <<<"$jobs" || true
    sleep 1
  done
  for name in "${daemons[@]}"; do
    running "$name" || continue
    kill "$(<"$state/$name.pid")"
    for _ in {1..20}; do
      running "$name" || break
      sleep 0.5
    done
    running "$name" && die "$name does not end."
  done
  rm -rf "$conf" "$state"
}

[[ ${1:-} == start || ${1:-} == stop ]] || die "usage: slurm.sh start|stop"
((EUID == 0)) || die "must run as root."
[[ ! -e $conf ]] || ours || die "$conf is already there and not ours."
"$1"
