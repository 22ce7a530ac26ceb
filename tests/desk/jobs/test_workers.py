import subprocess
import sys

from lantian.desk.jobs.workers import is_gone, this_worker

NAME = "from lantian.desk.jobs.workers import this_worker; print(this_worker())"


def test_a_process_is_there_until_it_ends():
    done = subprocess.run([sys.executable, "-c", NAME], capture_output=True, text=True, check=True)
    assert is_gone(done.stdout.strip())
    assert not is_gone(this_worker())


def test_a_number_that_was_given_again_is_another_process():
    assert is_gone(this_worker().rsplit("/", 1)[0] + "/1")


def test_of_another_machine_nobody_can_tell():
    assert not is_gone("another-machine/1/1")
