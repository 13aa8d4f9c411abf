"""Folding a topic in several processes, each with its own partitions."""

import multiprocessing
import os

from .topic import partitions_of, read_to_end


# A forked process would have the locks of the caller's Kafka clients without the threads that hold
# them.
processes_anew = multiprocessing.get_context("spawn")


def _fold_partitions(make_tally, brokers, topic, partitions, answer, counter):
    try:
        tally = make_tally()

        def take(records):
            tally.take(records)
            counter.value += len(records)

        ends = read_to_end(brokers, topic, partitions, take)
        answer.send((tally, ends))
    except Exception as error:  # Told to the parent, which raises it.
        answer.send((error, {}))


def fold_topic(make_tally, brokers: str, topic: str, processes: int | None = None,
               progress=None):
    """Returns the merged tally of the whole topic, and the end offset of each partition.

    `make_tally` is a function of a module that makes an empty tally: an object with take(records)
    and merge(other) that can be pickled. `progress` is called every two seconds with the number of
    records that were read so far."""
    partitions = partitions_of(brokers, topic)
    count = min(processes or os.cpu_count() or 1, len(partitions))
    workers = []
    for index in range(count):
        counter = processes_anew.Value("q", 0, lock=False)
        here, there = processes_anew.Pipe(duplex=False)
        worker = processes_anew.Process(
            target=_fold_partitions,
            args=(make_tally, brokers, topic, partitions[index::count], there, counter), daemon=True)
        worker.start()
        there.close()
        workers.append((worker, here, counter))
    whole, ends = make_tally(), {}
    for worker, here, _ in workers:
        while not here.poll(2):
            if progress:
                progress(sum(counter.value for _, _, counter in workers))
        try:
            part, part_ends = here.recv()
        except EOFError:
            raise RuntimeError("a counting process ended without an answer") from None
        worker.join()
        if isinstance(part, Exception):
            raise part
        whole.merge(part)
        ends.update(part_ends)
    return whole, ends
