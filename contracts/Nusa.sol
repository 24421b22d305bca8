// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// @title NUSA, the token of the network: fees, stake and votes.
/// @notice The whole supply is minted in the constructor. No function mints afterwards and nobody owns the contract.
/// @dev ERC-20, ERC-2612 (permit), ERC-5805 (votes) with the ERC-6372 timestamp clock: on some rollups `block.number`
///      is the parent chain's, a timestamp means the same everywhere.
contract Nusa is ERC20, ERC20Permit, ERC20Votes {
    /// @notice 300,000,000 NUSA with 18 decimals; equals the total supply from the first block on.
    uint256 public constant MAX_SUPPLY = 300_000_000e18;

    struct Allocation {
        address holder;
        uint256 amount;
    }

    /// @notice The genesis allocation must add up to the supply exactly.
    error AllocationMismatch(uint256 allocated, uint256 maxSupply);

    constructor(Allocation[] memory allocations) ERC20("Nusa", "NUSA") ERC20Permit("Nusa") {
        for (uint256 i = 0; i < allocations.length; ++i) {
            _mint(allocations[i].holder, allocations[i].amount);
        }
        if (totalSupply() != MAX_SUPPLY) revert AllocationMismatch(totalSupply(), MAX_SUPPLY);
    }

    /// @notice Seconds since 1970, the clock that votes are counted by (ERC-6372).
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
