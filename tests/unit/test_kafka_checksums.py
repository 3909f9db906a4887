from kafka.record import util


def test_a_records_checksum_is_not_computed_in_python_at_ten_megabytes_a_second():
    assert util.crc32c_c is not None
    assert util.calc_crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C
