/** A topology file of the fake guest: a switch with a GPU and a NIC. */
export const topologyOf = (gpu = "0000:26:00.0", nic = "0000:25:00.0"): string => `<system version="1">
  <cpu numaid="0" affinity="ffff" arch="x86_64" vendor="GenuineIntel" familyid="6" modelid="143">
    <pci busid="0000:20:00.0" class="0x060400" link_speed="32.0 GT/s PCIe" link_width="16">
      <pci busid="${nic}" class="0x020000" link_speed="32.0 GT/s PCIe" link_width="16"/>
      <pci busid="${gpu}" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16"/>
    </pci>
  </cpu>
</system>
`;
